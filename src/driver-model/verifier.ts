// Driver verifier: breaches of the rules, each with the driver, the object and the call that broke it. It only watches.

import { describeIrp, type Irp } from './irp.ts';

/** A breach of a rule, as the verifier saw it. */
export interface Violation {
  /** Such as `IRP completed twice`. */
  readonly rule: string;
  /** `\Driver\HDAudBus`; `nt` where no driver was running. */
  readonly driver: string;
  readonly object: string;
  /** The routine or request that broke the rule. */
  readonly call: string;
}

export class Verifier {
  readonly violations: Violation[] = [];

  report(rule: string, driver: string, object: string, call: string): void {
    this.violations.push({ rule, driver, object, call });
  }

  /** Nobody will complete this packet: said once, of the driver that has it. */
  reportLost(irp: Irp, call: string): void {
    const holder = irp.stack[irp.current]?.DeviceObject?.DriverObject ?? irp.sender;
    this.report('IRP never completed', holder?.DriverName ?? 'nt', describeIrp(irp), call);
    irp.kernel.irps.delete(irp);
  }
}
