import * as Comlink from 'comlink';
import { Host } from './host.ts';
import type { HostOptions } from './protocol.ts';

/** The whole of what the page calls first: the host stays here, its methods are called from there. */
const createHost = async (options: HostOptions) => Comlink.proxy(await Host.create(options));
export type CreateHost = typeof createHost;

Comlink.expose(createHost);
