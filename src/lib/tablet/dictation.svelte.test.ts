import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { memoryTabletStore } from '../ports/tablet-store-memory.ts';
import { startDictation, type DictationDeps } from './dictation.svelte.ts';
import { recoverRecordings } from './recording-log.ts';
import { plainVault, type Vault } from './vault.ts';

/** A microphone that gives a slice when told, and its last one when it is stopped. */
class Microphone {
  static last: Microphone;
  static readonly isTypeSupported = (): boolean => true;
  state = 'inactive';
  ondataavailable: (event: { data: Blob }) => void = () => undefined;
  onstop: () => void = () => undefined;
  constructor() {
    Microphone.last = this;
  }
  start(): void {
    this.state = 'recording';
  }
  pause(): void {
    this.state = 'paused';
  }
  resume(): void {
    this.state = 'recording';
  }
  give(): void {
    this.ondataavailable({ data: new Blob([new Uint8Array(200)]) });
  }
  stop(): void {
    this.state = 'inactive';
    this.give();
    this.onstop();
  }
}

const track = { addEventListener: () => undefined, stop: () => undefined };
const stream = { getAudioTracks: () => [track], getTracks: () => [track] };

beforeEach(() => {
  vi.stubGlobal('MediaRecorder', Microphone);
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: async () => stream } });
  vi.stubGlobal('document', { hidden: false, addEventListener: () => undefined });
});
afterEach(() => vi.unstubAllGlobals());

/** A tablet whose vault may be locked, and whose seconds are told by hand. */
function tablet() {
  const now = { seconds: 0, locked: false };
  const plain = plainVault();
  const vault: Vault = {
    ...plain,
    openBytes: (body, place) =>
      now.locked
        ? Promise.reject(Object.assign(new Error('locked'), { code: 'LOCKED' }))
        : plain.openBytes(body, place),
  };
  const deps = {
    ...{ store: memoryTabletStore(), vault, digest: async () => new Uint8Array(32) },
    clock: { caseId: () => 'r1', now: () => '2026-06-08T01:00:00Z' },
    hold: async () => null,
    ticks: () => now.seconds * 1000,
  } as unknown as DictationDeps;
  return { now, deps };
}

async function recording({ deps, now }: ReturnType<typeof tablet>) {
  const started = await startDictation(deps, 'c1');
  if (!started.ok) throw new Error(started.error);
  now.seconds = 14.5;
  Microphone.last.give();
  return started.value;
}

const told = async ({ deps, now }: ReturnType<typeof tablet>) => {
  now.locked = false;
  return (await recoverRecordings(deps, 'c1', async () => false)).map((one) => one.seconds);
};

it('[TB136] a recording that ended behind the lock stands with its length after the unlock', async () => {
  const t = tablet();
  const running = await recording(t);
  t.now.seconds = 15;
  t.now.locked = true;
  expect(await running.stop()).toEqual({ ok: false, error: 'STORE_BROKEN' });
  expect(await told(t)).toEqual([15]);
});

it('[TB136] a rest does not count, whether it was over at the end or not', async () => {
  for (const resumed of [true, false]) {
    const t = tablet();
    const running = await recording(t);
    running.pause();
    t.now.seconds = 60;
    if (resumed) {
      running.resume();
      t.now.seconds = 62;
    }
    t.now.locked = true;
    await running.stop();
    expect(await told(t)).toEqual([resumed ? 16.5 : 14.5]);
  }
});
