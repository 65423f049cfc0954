// An app as its author would write it; each bundler gets this very file. `heard` is what the test listens to.
import { createAzalia } from 'azalia';

document.getElementById('start').addEventListener('click', async () => {
  const context = new AudioContext({ sampleRate: 48000 });
  const transport = new URLSearchParams(location.search).get('transport') ?? 'auto';
  const azalia = await createAzalia({ context, transport });
  azalia.output.connect(context.destination);
  await azalia.playTone({ frequency: 997, level: -12 });
  globalThis.transport = azalia.transport;
  globalThis.heard = { node: azalia.output, output: 0 };
});
