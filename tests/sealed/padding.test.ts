/** Sealed JSON has the length of its step, not of its words. */
import { describe, expect, it } from 'vitest';
import { fieldExamples } from '../../src/lib/domain/testing/examples-field.ts';
import { textBytes } from '../../src/lib/protocol/bytes.ts';
import { PAD_STEP, padJson, paddedLength } from '../../src/lib/protocol/padding.ts';
import { COPY_OVERHEAD, newEnvelope, sealCopy } from '../../src/lib/protocol/sealed.ts';
import {
  openBody,
  sealBody,
  VAULT_BYTES,
  VAULT_JSON,
  VAULT_OVERHEAD,
} from '../../src/lib/tablet/vault/body.ts';
import { id, sealedCounty, sealRow } from './scene.ts';

const said = (letters: number) => ({
  ...fieldExamples['dictation.recorded'],
  verbatim: '粪'.repeat(letters),
});

describe('the length of what is sealed', () => {
  it('[SY219] goes in steps that grow with it: at most an eighth more, and the same again when it is sealed anew', () => {
    let before = 0;
    for (let bytes = 0; bytes < 300_000; bytes += bytes < 5_000 ? 1 : 97) {
      const length = paddedLength(bytes);
      expect(length).toBeGreaterThanOrEqual(Math.max(bytes, before));
      expect(length % PAD_STEP).toBe(0);
      expect(length - bytes).toBeLessThan(Math.max(PAD_STEP, bytes / 8));
      expect(paddedLength(length)).toBe(length);
      before = length;
    }
    const lengths = new Set(Array.from({ length: 8_192 }, (_, n) => paddedLength(n + 1)));
    expect(lengths.size).toBeLessThanOrEqual(8_192 / PAD_STEP);
    const value = { said: '粪堆', gone: ['a', 1] };
    const padded = padJson(textBytes(JSON.stringify(value)));
    expect(padded).toHaveLength(PAD_STEP);
    expect(JSON.parse(new TextDecoder().decode(padded))).toEqual(value);
  });

  it('[SY219] copies of a few words and of many look alike, and the county takes them', async () => {
    const county = await sealedCounty();
    const envelope = await newEnvelope(county.recipients());
    const begun = { ds: 1, t: 'case.drafted', payload: fieldExamples['case.drafted'] };
    const rows = [0, 1, 5, 9].map((letters, n) => ({
      ...{ ds: n + 2, t: 'dictation.recorded', payload: said(letters) },
    }));
    const sealed = await Promise.all([begun, ...rows].map((row) => sealRow(envelope, 'dvA', row)));
    const sizes = sealed.slice(1).map(({ copy }) => Buffer.from(copy, 'base64url').length);
    expect(new Set(sizes).size).toBe(1);
    expect(((sizes[0] ?? 0) - COPY_OVERHEAD) % PAD_STEP).toBe(0);
    const { results } = await county.take({ slips: [envelope.slip], rows: sealed });
    expect(results.map(({ s }) => s)).toEqual(Array(5).fill('stored'));
    expect(county.log().filter(({ type }) => type === 'dictation.recorded')).toHaveLength(4);
  });

  it('[SY219] descriptions and other rows, too; slices of photos are as long as they are', async () => {
    const envelope = await newEnvelope([]);
    const plain = textBytes('{"a":1}');
    const length = async (kind: 'event' | 'file' | 'body' | 'slice') =>
      (await sealCopy(envelope, { kind, id: id('x') }, plain)).length - COPY_OVERHEAD;
    expect([await length('event'), await length('file'), await length('body')]).toEqual(
      Array(3).fill(PAD_STEP),
    );
    expect(await length('slice')).toBe(plain.length);
  });

  it('[SY220] a body of the vault, as it lies on the disk, has it, too', async () => {
    const how = { name: 'AES-GCM', length: 256 };
    const key = await crypto.subtle.generateKey(how, false, ['encrypt', 'decrypt']);
    const value = { words: '她说的' };
    const plain = textBytes(JSON.stringify(value));
    const body = await sealBody(key, 'drafts|d|1', { kind: VAULT_JSON, plain });
    expect(body).toHaveLength(PAD_STEP + VAULT_OVERHEAD);
    const opened = await openBody(key, 'drafts|d|1', body);
    expect(JSON.parse(new TextDecoder().decode(opened ?? undefined))).toEqual(value);
    const bytes = await sealBody(key, 'chunks|d|1', { kind: VAULT_BYTES, plain });
    expect(await openBody(key, 'chunks|d|1', bytes)).toEqual(plain);
  });
});
