import { expect, it } from 'vitest';
import { AzaliaError, builtInCodecs, createAzalia, missingForSharedMemory } from '../../src/entries/index.ts';

it('importing the browser entry in Node is harmless, and the codecs are there', () => {
  expect(builtInCodecs).toHaveProperty('desktop');
  expect(missingForSharedMemory()).toMatch(/Cross-Origin-Opener-Policy/);
});

it('without Web Audio creation rejects by name and says what to use instead', async () => {
  const error = await createAzalia().catch((error) => error);
  expect(error).toBeInstanceOf(AzaliaError);
  expect(error.name).toBe('UnsupportedError');
  expect(error.message).toContain('azalia/machine');
});
