// What controller and codec see of each other over the link (hda-hardware §3.1, §3.3, §5.1).

import type { Routes } from './routes.ts';

export interface LinkCodec {
  /** Joins the link; the codec keeps the host to signal on. Called once, before anything else. */
  attach(host: LinkHost): void;
  /** RESET# was released: the codec asks for its address again and keeps what EPSS keeps (§5.13). */
  linkReset(): void;
  /** One command word without its address: NID 27:20, verb and payload 19:0. Every command has a response (§5.1), but in D3cold: null (§5.11). */
  command(word: number): number | null;
  /** How samples flow now; see Routes for when it is read. */
  routes(): Routes;
}

export interface LinkHost {
  /** Queues an unsolicited response: 32 bits, tag in 31:26 (§5.9). */
  unsolicited(response: number): void;
  /** Drives this codec's SDI line high while the link sleeps: sets its STATESTS bit (§3.1). */
  wake(): void;
  /** The graph of routes changed: sources, order or formats. */
  routesChanged(): void;
  /** Only numbers in Routes.gains changed. */
  gainsChanged(): void;
}
