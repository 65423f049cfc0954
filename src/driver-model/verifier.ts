// Driver verifier: breaches of the rules, each with the driver, the object and the call that broke it. It only watches.

export interface Violation {
  /** Such as `IRP completed twice`. */
  readonly rule: string;
  readonly driver: string;
  readonly object: string;
  /** The routine that broke the rule. */
  readonly call: string;
}

export class Verifier {
  readonly violations: Violation[] = [];

  report(rule: string, driver: string, object: string, call: string): void {
    this.violations.push({ rule, driver, object, call });
  }
}
