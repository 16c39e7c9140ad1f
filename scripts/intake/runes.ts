/**
 * Lets plain Node import the tablet's `.svelte.ts` files: types are stripped and runes compiled as
 * the build does it, so that the run without a browser uses the very same source.
 *
 * Import this file first, for its effect, and the tablet's files by `import()` afterwards.
 */
import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import { compileModule } from 'svelte/compiler';

registerHooks({
  load(url, context, next) {
    if (!url.endsWith('.svelte.ts')) return next(url, context);
    const filename = fileURLToPath(url);
    const plain = stripTypeScriptTypes(readFileSync(filename, 'utf8'));
    const { js } = compileModule(plain, { filename, generate: 'client' });
    return { format: 'module', source: js.code, shortCircuit: true };
  },
});
