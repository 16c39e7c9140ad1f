import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { UNKEPT } from '../src/lib/ui/parts/unkept.ts';

const src = path.resolve(import.meta.dirname, '../src');
const sources = ['routes/tablet/**/*.svelte', 'lib/ui/{parts,form,vault}/**/*.svelte'];
const FIELDS_MIN = 15;
/** Account's passphrase, the lock's sentence, digits of the curtain (three places). */
const SECRETS_MIN = 5;

/** The fields of a component, each with its attributes. */
const fieldsOf = (text: string): readonly (readonly [string, string])[] =>
  [...text.matchAll(/<(textarea|select|input)\b((?:=>|[^>])*)>/g)].map(
    ([, name = '', rest = '']) => [name, rest] as const,
  );

describe('what a browser keeps of a page’s fields', () => {
  it('[AU222] every field of the tablet tells the browser to keep nothing of it on the disk', () => {
    const files = sources.flatMap((pattern) => globSync(pattern, { cwd: src }));
    const all = files.flatMap((file) =>
      fieldsOf(readFileSync(path.join(src, file), 'utf8')).map(
        (field) => [file, ...field] as const,
      ),
    );
    const told = ([, name, rest]: (typeof all)[number]): boolean =>
      name === 'input'
        ? /\sautocomplete="off"|type="file"/.test(rest)
        : rest.includes('form={UNKEPT}');
    expect(all.filter((field) => !told(field)).map(([file, name]) => `${file} <${name}>`)).toEqual(
      [],
    );
    expect(all.length).toBeGreaterThanOrEqual(FIELDS_MIN);
    const page = readFileSync(path.join(src, 'app.html'), 'utf8');
    expect(page).toContain(`<form id="${UNKEPT}" autocomplete="off" hidden></form>`);
  });

  it('[AU345] no browser is asked to keep a secret of the tablet: no password field, no word of what stands in one', () => {
    const files = sources.flatMap((pattern) => globSync(pattern, { cwd: src }));
    const texts = files.map((file) => [file, readFileSync(path.join(src, file), 'utf8')] as const);
    // A browser offers to keep what stands in a password field whatever `off` says.
    const asks = /type=["'{`]*password|autocomplete=(?!"off")/;
    expect(texts.filter(([, text]) => asks.test(text)).map(([file]) => file)).toEqual([]);
    const isSecret = /<Field\b[^>]*\ssecret\b|class="secret"/;
    const secrets = texts.filter(([, text]) => isSecret.test(text.replaceAll('=>', '')));
    expect(secrets.length).toBeGreaterThanOrEqual(SECRETS_MIN);
    const page = readFileSync(path.join(src, 'lib/ui/styles/base.css'), 'utf8');
    expect(page).toMatch(/input\.secret \{[^}]*-webkit-text-security: disc;/);
  });

  it('[AU223] every form of the desk and of the public page tells it too', () => {
    const files = ['routes/{desk,track}/**/*.svelte', 'lib/ui/desk/**/*.svelte'].flatMap(
      (pattern) => globSync(pattern, { cwd: src }),
    );
    const forms = files.flatMap((file) =>
      [...readFileSync(path.join(src, file), 'utf8').matchAll(/<form\b((?:=>|[^>])*)>/g)].map(
        ([, rest = '']) => [file, rest] as const,
      ),
    );
    const told = ([, rest]: readonly [string, string]): boolean =>
      /autocomplete="off"|method="dialog"|sign-out/.test(rest);
    expect(forms.filter((form) => !told(form)).map(([file]) => file)).toEqual([]);
    expect(forms.length).toBeGreaterThanOrEqual(FIELDS_MIN);
  });
});
