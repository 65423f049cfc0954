// What the guest did wrong and what was dropped, counted for the embedder (design §8). The guest sees status bits only.

export class ControllerCounters {
  /** Register writes dropped because the controller was in reset (§2.6). */
  writesInReset = 0;
  /** Writes to CBL, LVI, FMT, BDPL or BDPU of a running stream, dropped (§2.6, D8). */
  writesUnderRun = 0;
  /** Writes to a descriptor held in SRST, dropped (§2.6). */
  writesInStreamReset = 0;
  /** CORB fetches outside RAM: CMEI (§3.2). */
  corbFaults = 0;
  /** Responses that could not be stored in RAM: RIRBOIS (§3.3). */
  rirbFaults = 0;
  /** Responses lost because RIRBDMAEN was 0 (§3.3). */
  responsesLost = 0;
  /** Commands to an address where nobody answers (§3.2). */
  unansweredCommands = 0;
  /** Unsolicited responses dropped: GCTL.UNSOL was 0, or a codec sent faster than the link takes them (§3.3). */
  unsolicitedDropped = 0;
}
