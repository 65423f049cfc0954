// An app as its author would write it; each bundler gets this very file. `heard` is what the test listens to.
import { createAzalia } from 'azalia';

document.getElementById('start').addEventListener('click', async () => {
  const context = new AudioContext({ sampleRate: 48000 });
  const azalia = await createAzalia({ context });
  azalia.output.connect(context.destination);
  await azalia.playTone({ frequency: 997, level: -12 });
  globalThis.transport = azalia.statistics().transport;
  globalThis.heard = { node: azalia.output, output: 0 };
});
