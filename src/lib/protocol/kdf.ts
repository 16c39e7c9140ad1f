/**
 * Making guesses dear: Argon2id by WebAssembly, PBKDF2 where that is missing. The parameters are
 * kept with each wrap, so that a wrap opens whatever today's parameters are.
 */
import * as z from 'zod/mini';
import { textBytes, type Bytes } from './bytes.ts';

export const SALT_BYTES = 16;
/** 64 MiB, three passes, one lane. */
export const ARGON2_STANDARD = {
  kind: 'argon2id',
  memoryKiB: 64 * 1024,
  passes: 3,
  lanes: 1,
} as const;
/** Whatever the device: never less than this. */
export const ARGON2_LEAST = {
  kind: 'argon2id',
  memoryKiB: 19 * 1024,
  passes: 2,
  lanes: 1,
} as const;
/** Where WebAssembly is missing: never fewer rounds than this. */
export const PBKDF2_STANDARD = { kind: 'pbkdf2', rounds: 600_000 } as const;
/** What a calibration may ask of a tablet; a stored wrap that asks for more is no wrap of ours. */
const MEMORY_KIB_MAX = 256 * 1024;
const PASSES_MAX = 10;
const ROUNDS_MAX = 10_000_000;
/** Aim of a calibration on the device itself. */
export const KDF_MILLISECONDS = 1_000;

const between = (low: number, high: number) => z.int().check(z.gte(low), z.lte(high));

export const kdfSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('argon2id'),
    memoryKiB: between(ARGON2_LEAST.memoryKiB, MEMORY_KIB_MAX),
    passes: between(ARGON2_LEAST.passes, PASSES_MAX),
    lanes: z.literal(1),
  }),
  z.object({ kind: z.literal('pbkdf2'), rounds: between(PBKDF2_STANDARD.rounds, ROUNDS_MAX) }),
]);
export type Kdf = z.infer<typeof kdfSchema>;

/** Argon2id as the library has it; null: no WebAssembly here (or a CSP that forbids it). */
export type Argon2 = (
  secret: Bytes,
  salt: Bytes,
  how: Extract<Kdf, { kind: 'argon2id' }>,
) => Promise<Bytes>;

/** Loads the WebAssembly at the first unlock, not at the start. */
export async function loadArgon2(): Promise<Argon2 | null> {
  if (typeof WebAssembly === 'undefined') return null;
  try {
    const { argon2id } = await import('hash-wasm');
    const derive: Argon2 = async (password, salt, how) => {
      const { memoryKiB: memorySize, passes: iterations, lanes: parallelism } = how;
      const sizes = { memorySize, iterations, parallelism, hashLength: 32 };
      const out = await argon2id({ ...sizes, password, salt, outputType: 'binary' });
      return new Uint8Array(out);
    };
    // A CSP without 'wasm-unsafe-eval' shows itself only now.
    await derive(textBytes('probe'), new Uint8Array(SALT_BYTES), { ...ARGON2_STANDARD, ...PROBE });
    return derive;
  } catch {
    return null;
  }
}
const PROBE = { memoryKiB: 8, passes: 1 };

async function pbkdf2(secret: Bytes, salt: Bytes, iterations: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveBits']);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
}

/** 32 bytes from a secret; null: the wrap needs Argon2id and there is none here. */
export async function stretch(
  secret: Bytes,
  salt: Bytes,
  how: { readonly kdf: Kdf; readonly argon2: Argon2 | null },
): Promise<Bytes | null> {
  const { kdf, argon2 } = how;
  if (kdf.kind === 'pbkdf2') return pbkdf2(secret, salt, kdf.rounds);
  return argon2 && argon2(secret, salt, kdf);
}

/** Today's parameters: a tablet without WebAssembly gets the other function. */
export const standardKdf = (argon2: Argon2 | null): Kdf =>
  argon2 ? { ...ARGON2_STANDARD } : { ...PBKDF2_STANDARD };

type Argon2Kdf = Extract<Kdf, { kind: 'argon2id' }>;

/** MiB and passes a calibration chooses from, each dearer than the one before. */
const LADDER: readonly (readonly [number, number])[] = [
  ...([
    [19, 2],
    [32, 2],
    [32, 3],
    [48, 3],
    [64, 3],
    [64, 4],
  ] as const),
  ...([
    [64, 5],
    [64, 6],
    [64, 7],
    [64, 8],
    [64, 9],
    [64, PASSES_MAX],
  ] as const),
];
const steps = LADDER.map(([mib, passes]): Argon2Kdf => ({
  ...ARGON2_LEAST,
  memoryKiB: mib * 1024,
  passes,
}));
/** Time grows with memory times passes, within a tenth on the machines that were measured. */
const workOf = ({ memoryKiB, passes }: Argon2Kdf): number => memoryKiB * passes;

/**
 * The dearest parameters that take this device about a second, by what `measured` took it; never
 * below `ARGON2_LEAST` or 600,000 rounds, never above the caps.
 */
export function calibrated(measured: { readonly kdf: Kdf; readonly ms: number }): Kdf {
  const { kdf, ms } = measured;
  const factor = KDF_MILLISECONDS / Math.max(1, ms);
  if (kdf.kind === 'pbkdf2') {
    const least = PBKDF2_STANDARD.rounds;
    const rounds = Math.floor((kdf.rounds * factor) / 50_000) * 50_000;
    return { ...kdf, rounds: Math.min(ROUNDS_MAX, Math.max(least, rounds)) };
  }
  const budget = workOf(kdf) * factor;
  return steps.findLast((step) => workOf(step) <= budget) ?? { ...ARGON2_LEAST };
}

/** Milliseconds of a clock that does not jump. */
export type Uptime = () => number;

/** Measures the cheapest parameters here and chooses by them: once per enrolment, a moment long. */
export async function calibrate(argon2: Argon2 | null, up: Uptime): Promise<Kdf> {
  const kdf: Kdf = argon2 ? { ...ARGON2_LEAST } : { ...PBKDF2_STANDARD };
  const started = up();
  await stretch(textBytes('probe'), new Uint8Array(SALT_BYTES), { kdf, argon2 });
  return calibrated({ kdf, ms: up() - started });
}

/**
 * For the everyday way: a card has 128 bits of its own, so it never waits for more than the
 * standard.
 */
export function everyday(kdf: Kdf): Kdf {
  if (kdf.kind === 'pbkdf2') return { ...PBKDF2_STANDARD };
  return workOf(kdf) > workOf(ARGON2_STANDARD) ? { ...ARGON2_STANDARD } : kdf;
}

/**
 * What a wrap that has just been opened in `ms` is to be made anew with; null: it stays. One below
 * the floor or without memory always, one that a busy moment made cheap as soon as the standard
 * fits into the second.
 */
export function raised(
  stored: Kdf,
  { ms, argon2 }: { readonly ms: number; readonly argon2: Argon2 | null },
): Kdf | null {
  if (stored.kind === 'pbkdf2') return argon2 ? { ...ARGON2_LEAST } : null;
  const now = calibrated({ kdf: stored, ms });
  if (now.kind === 'argon2id' && workOf(now) >= workOf(ARGON2_STANDARD))
    return isWeaker(stored, ARGON2_STANDARD) ? { ...ARGON2_STANDARD } : null;
  return isWeaker(stored, ARGON2_LEAST) ? { ...ARGON2_LEAST } : null;
}

/** True when a wrap is weaker than these parameters; never when it is only of another kind. */
export function isWeaker(stored: Kdf, now: Kdf): boolean {
  if (stored.kind !== now.kind) return stored.kind === 'pbkdf2';
  if (stored.kind === 'pbkdf2') return now.kind === 'pbkdf2' && stored.rounds < now.rounds;
  if (now.kind === 'pbkdf2') return false;
  // Work is memory times passes; less memory is weaker whatever the passes.
  return stored.memoryKiB < now.memoryKiB || stored.passes < now.passes;
}
