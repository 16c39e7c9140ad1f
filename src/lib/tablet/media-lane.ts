/**
 * The second lane: chunks of pictures and sound, after the text and never before it.
 *
 *     answer names what lacks ─► tasks, nearest deadline first ─► 1..4 runners ─► whole at county
 *                                      ▲ a text waits: nothing new begins, what is under way ends
 */
import type { Sha256 } from '../domain/values.ts';
import type { ExchangeScope, MediaRecord } from '../ports/tablet-store.ts';
import type { ChunkOutcome, NoReply } from '../ports/transport.ts';
import { chunkCount, chunkLength } from '../protocol/media.ts';
import { ANNOUNCED_MEDIA_MAX } from '../protocol/version.ts';
import { sealFileHeard } from './heard.ts';
import { readFile } from './media-files.ts';
import { PAUSE_SECONDS, type MediaPace } from './media-pace.ts';
import { chunkPlace, mediaPlace } from './places.ts';
import type { MediaFault, SealedMedia } from './sealed-media.ts';
import type { Missing, SyncDeps } from './sync-round.ts';
import { orTorn } from './vault.ts';

/** A file to send, with what its sealed metadata says. */
export interface Outgoing {
  readonly record: MediaRecord;
  readonly meta: SealedMedia;
}

export interface UploadWatch {
  /** True when text waits: the rest of the pictures comes after it. */
  interrupted(): boolean;
  /** Per file the share of its bytes at the county, 0..1. */
  progress(sha: string, sent: number): void;
  /** A request goes out with so many bytes; `beside`: how many are under way, itself included. */
  started?(bytes: number, beside: number): void;
  /** A request that was kept: what the line carried meanwhile, and how long it took. */
  measured?(bytes: number, ms: number): void;
}

export type Upload =
  | { readonly kind: 'done'; readonly finished: number; readonly unfinished: number }
  | { readonly kind: 'interrupted' }
  /** The county asked for a pause of this lane: text goes on meanwhile. */
  | { readonly kind: 'paused'; readonly seconds: number }
  | { readonly kind: 'failed'; readonly outcome: NoReply };

/** One file on its way, for every case that has it. */
interface Going {
  readonly file: Outgoing;
  readonly records: Outgoing[];
  /** The county takes pieces of chunks. */
  readonly pieces: boolean;
  atCounty: number;
  /** Nothing more of it is sent in this turn. */
  over: boolean;
  /** At the county, or set aside: not even the next turn asks for it. */
  settled: boolean;
}

const NOTHING: ExchangeScope = { ids: [], cases: [], own: false, all: false };

interface Task {
  readonly going: Going;
  readonly index: number;
  from: number;
}

/** Sends what an answer named as missing; a break costs what was under way and nothing else. */
export class MediaLane {
  private readonly deps: SyncDeps;
  private readonly watch: UploadWatch;
  private readonly pace: MediaPace;
  private readonly tasks: Task[] = [];
  private underWay = 0;
  private finished = 0;
  private readonly all: Going[] = [];
  private end: Upload | null = null;

  constructor(deps: SyncDeps, pace: MediaPace, watch: UploadWatch) {
    this.deps = deps;
    this.pace = pace;
    this.watch = watch;
  }

  async run(files: readonly Outgoing[], missing: Missing): Promise<Upload> {
    await this.plan(files, missing);
    const rest = this.pace.restSeconds();
    if (rest > 0 && this.tasks.length > 0) return { kind: 'paused', seconds: rest };
    await this.runner();
    // What the county got whole and does not call whole, the next answer explains.
    const unfinished = this.all.filter(({ settled }) => !settled).length;
    return this.end ?? { kind: 'done', finished: this.finished, unfinished };
  }

  /** Settles what needs no bytes and lines up the rest in the order of the files. */
  private async plan(files: readonly Outgoing[], missing: Missing): Promise<void> {
    const answers = new Map<string, Missing[number][]>();
    for (const m of missing) answers.set(m.sha, [...(answers.get(m.sha) ?? []), m]);
    const going = new Map<string, Going>();
    for (const file of files.slice(0, ANNOUNCED_MEDIA_MAX)) {
      const { sha256 } = file.meta;
      // One picture in several cases has an answer for each, in the order they were announced.
      const lack = answers.get(sha256)?.shift();
      if (!lack) continue;
      if (lack.refused !== undefined) await this.isolate(file, lack.refused as MediaFault);
      else if (lack.chunks.length === 0) await this.arrived([file]);
      else if (going.has(sha256)) going.get(sha256)?.records.push(file);
      else going.set(sha256, this.line(file, lack));
    }
  }

  private line(file: Outgoing, lack: Missing[number]): Going {
    const { bytes } = file.meta;
    const begun = new Map(lack.parts ?? []);
    const chunks = lack.chunks.filter((n) => n >= 0 && n < chunkCount(bytes));
    const absent = chunks.reduce((sum, n) => sum + chunkLength(bytes, n) - (begun.get(n) ?? 0), 0);
    const pieces = lack.parts !== undefined && this.deps.transport.putPiece !== undefined;
    const going: Going = {
      ...{ file, records: [file], pieces, atCounty: bytes - absent, over: false, settled: false },
    };
    this.all.push(going);
    for (const index of chunks)
      this.tasks.push({ going, index, from: pieces ? (begun.get(index) ?? 0) : 0 });
    return going;
  }

  /** Takes tasks until none is left; opens a second, third, fourth one while the link is good. */
  private async runner(): Promise<void> {
    const beside: Promise<void>[] = [];
    this.underWay += 1;
    try {
      for (let task = this.next(); task !== undefined; task = this.next()) {
        await this.send(task);
        const more = this.underWay < this.pace.width && this.tasks.length > 0 && this.end === null;
        if (more) beside.push(this.besides());
        if (this.underWay > this.pace.width) break;
      }
    } finally {
      this.underWay -= 1;
      await Promise.all(beside);
    }
  }

  /** One more; what it throws is thrown by who waits for it at the end. */
  private besides(): Promise<void> {
    const one = this.runner();
    one.catch(() => undefined);
    return one;
  }

  private next(): Task | undefined {
    if (this.end === null && this.tasks.length > 0 && this.watch.interrupted())
      this.end = { kind: 'interrupted' };
    return this.end === null ? this.tasks.shift() : undefined;
  }

  /** One chunk, piece by piece; stops between two pieces when a text waits. */
  private async send(task: Task): Promise<void> {
    const { going, index } = task;
    const whole = going.over ? null : await this.open(going, index);
    if (whole === null) return;
    while (!going.over && task.from < whole.length && this.end === null) {
      if (this.watch.interrupted()) {
        this.end = { kind: 'interrupted' };
        return;
      }
      const to = going.pieces
        ? Math.min(whole.length, task.from + this.pace.pieceBytes())
        : whole.length;
      const started = this.pace.now();
      this.watch.started?.(to - task.from, this.underWay);
      const outcome = await this.put(task, whole.subarray(task.from, to));
      const ms = this.pace.now() - started;
      if (outcome.kind !== 'kept') return this.broke(going, outcome);
      const bytes = to - task.from;
      this.pace.kept(bytes, ms, this.underWay);
      this.watch.measured?.(bytes * this.underWay, ms);
      task.from = to;
      going.atCounty += bytes;
      this.watch.progress(
        going.file.meta.sha256,
        Math.min(1, going.atCounty / going.file.meta.bytes),
      );
      if (outcome.complete) await this.whole(going, outcome.at);
    }
  }

  private put({ going, index, from }: Task, bytes: Uint8Array): Promise<ChunkOutcome> {
    const sha = going.file.meta.sha256 as Sha256;
    const { transport } = this.deps;
    const isChunk = from === 0 && bytes.length === chunkLength(going.file.meta.bytes, index);
    if (isChunk || transport.putPiece === undefined) return transport.putChunk(sha, index, bytes);
    return transport.putPiece(sha, { index, from }, bytes);
  }

  /** The bytes of a chunk, or null when they are not what they were: then the file steps aside. */
  private async open(going: Going, index: number): Promise<Uint8Array | null> {
    const { record, meta } = going.file;
    const body = await this.deps.store.chunk(record.id, index);
    const opening = body && this.deps.vault.openBytes(body, chunkPlace(record.id, index));
    const bytes = opening && (await orTorn(opening));
    if (bytes && bytes.length === chunkLength(meta.bytes, index)) return bytes;
    await this.stepAside(going, 'BROKEN_HERE');
    return null;
  }

  private async broke(going: Going, outcome: NoReply): Promise<void> {
    const status = outcome.kind === 'refused' ? outcome.status : 0;
    if (outcome.kind === 'busy' || status === 507) {
      const asked = 'retryAfterSeconds' in outcome ? outcome.retryAfterSeconds : null;
      const seconds = (asked ?? PAUSE_SECONDS) * (1 + this.deps.clock.random());
      this.pace.pause(seconds);
      this.end ??= { kind: 'paused', seconds };
    } else if (status === 404 || status === 409 || status === 400) await this.doubted(going);
    else if (status === 415) await this.stepAside(going, 'MEDIA_TYPE');
    else {
      this.pace.broke();
      this.end ??= { kind: 'failed', outcome };
    }
  }

  /** The county does not take it as it is: is it still what it was when it was saved? */
  private async doubted(going: Going): Promise<void> {
    const { record, meta } = going.file;
    if (going.over) return;
    const here = await orTorn(readFile(this.deps, record.id, meta));
    if (here === null) return this.stepAside(going, 'BROKEN_HERE');
    going.over = true;
  }

  private async stepAside(going: Going, fault: MediaFault): Promise<void> {
    if (going.over) return;
    going.over = going.settled = true;
    for (const file of going.records)
      if (fault !== 'BROKEN_HERE' || file === going.file) await this.isolate(file, fault);
  }

  /** Out of the lane for good, with the reason beside it; its bytes stay where they are. */
  private async isolate({ record, meta }: Outgoing, fault: MediaFault): Promise<void> {
    const body = await this.deps.vault.seal({ ...meta, fault }, mediaPlace(record.id));
    await this.deps.store.putMedia({ ...record, state: 'q', body }, []);
  }

  /** The county has the last of it: its receipt's time first, so that no proof names an older one. */
  private async whole(going: Going, at: string | undefined): Promise<void> {
    if (at !== undefined) {
      const fileHeard = await sealFileHeard(this.deps.vault, at);
      await this.deps.store.exchange(NOTHING, ({ sync }) => ({
        ...{ put: [], remove: [], touch: [], removeCases: [], mediaAgain: false },
        sync: { ...sync, fileHeard },
      }));
    }
    await this.arrived(going.records, going);
  }

  private async arrived(files: readonly Outgoing[], going?: Going): Promise<void> {
    if (going) going.over = going.settled = true;
    for (const { record } of files) await this.deps.store.setMediaState(record.id, 'a');
    this.finished += files.length;
  }
}
