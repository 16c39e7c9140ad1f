import { fail, ok, type Result } from '../domain/values.ts';
import { StoreFailure } from '../ports/tablet-store.ts';
import { captureRefusal, type MediaDeps } from './media-files.ts';
import { EMPTY_SLICES_WARN, RecordingLog, SLICE_MS, recordingLock } from './recording-log.ts';
import { SoundMeter } from './sound-meter.ts';
import type {
  AttachmentRef,
  CaptureRefusal,
  Gap,
  Recorder,
  RecorderState,
} from './workspace-types.ts';

/** Speech needs no more; 24 kbit/s Opus is 11 MB an hour. */
const BITS_PER_SECOND = 24_000;
const SILENT_WARN_SECONDS = 4;
const TYPES = ['audio/webm;codecs=opus', 'audio/webm', 'audio/ogg;codecs=opus', 'audio/mp4'];

export interface DictationDeps extends MediaDeps {
  hold(name: string): Promise<{ release(): void } | null>;
  /** Milliseconds that never run backwards. */
  ticks(): number;
}

/** Starts a recording for a case; every reason not to is a value, the intake goes on without. */
export async function startDictation(
  deps: DictationDeps,
  caseId: string,
): Promise<Result<Recorder, CaptureRefusal>> {
  if (typeof MediaRecorder === 'undefined' || !navigator.mediaDevices) return fail('NOT_SUPPORTED');
  const mime = TYPES.find((t) => MediaRecorder.isTypeSupported(t));
  if (!mime) return fail('NOT_SUPPORTED');
  let stream: MediaStream;
  try {
    const audio = { echoCancellation: false, noiseSuppression: true, autoGainControl: true };
    stream = await navigator.mediaDevices.getUserMedia({ audio });
  } catch (error) {
    const { name } = error as { name?: string };
    return fail(name === 'NotAllowedError' ? 'NOT_ALLOWED' : 'NO_DEVICE');
  }
  const log = new RecordingLog(deps, { caseId, mime: mime.split(';')[0] ?? mime });
  const lease = await deps.hold(recordingLock(log.id));
  return ok(new MicrophoneRecorder(deps, { stream, mime, log, release: () => lease?.release() }));
}

interface Parts {
  readonly stream: MediaStream;
  readonly mime: string;
  readonly log: RecordingLog;
  release(): void;
}

/**
 * One running recording.
 *
 *     recording <--> paused         mute, ended, hidden: a gap is marked, what was said stays
 *         |  stop()
 *     stopping --> stopped          a failed write: failed, the slices before it stay
 */
class MicrophoneRecorder implements Recorder {
  state = $state<RecorderState>('recording');
  level = $state(0);
  elapsedSeconds = $state(0);
  slicesSaved = $state(0);
  bytesSaved = $state(0);
  silentSeconds = $state(0);
  gaps = $state.raw<readonly Gap[]>([]);
  warning = $state<Recorder['warning']>(null);
  failure = $state<CaptureRefusal | null>(null);
  private readonly deps: DictationDeps;
  private readonly parts: Parts;
  private readonly recorder: MediaRecorder;
  private readonly meter: SoundMeter;
  private readonly pulse: ReturnType<typeof setInterval>;
  private readonly away = new AbortController();
  private recordedMs = 0;
  private runningSince: number;
  private silentSince: number;
  private gapOpen: { readonly from: number; readonly cause: Gap['cause'] } | null = null;
  private slices: Promise<unknown> = Promise.resolve();

  constructor(deps: DictationDeps, parts: Parts) {
    this.deps = deps;
    this.parts = parts;
    const { stream, mime } = parts;
    const options = { mimeType: mime, audioBitsPerSecond: BITS_PER_SECOND };
    this.recorder = new MediaRecorder(stream, options);
    this.meter = new SoundMeter(stream);
    this.runningSince = this.silentSince = deps.ticks();
    this.recorder.ondataavailable = (event) => {
      this.slices = this.slices.then(() => this.keep(event.data));
    };
    this.recorder.onerror = () => this.lost('ENDED');
    this.listen(stream);
    this.recorder.start(SLICE_MS);
    this.pulse = setInterval(() => this.beat(), 50);
  }

  /** A call or another app takes the microphone: the recorder goes on and records silence. */
  private listen(stream: MediaStream): void {
    const { signal } = this.away;
    for (const track of stream.getAudioTracks()) {
      track.addEventListener('mute', () => this.lost('MUTED'), { signal });
      track.addEventListener('unmute', () => this.found(), { signal });
      track.addEventListener('ended', () => this.lost('ENDED'), { signal });
    }
    const seen = () => (document.hidden ? this.lost('HIDDEN') : this.found());
    document.addEventListener('visibilitychange', seen, { signal });
  }

  private recorded(): number {
    const running = this.state === 'recording' ? this.deps.ticks() - this.runningSince : 0;
    return this.recordedMs + running;
  }

  private seconds(): number {
    return Math.round(this.recorded() / 100) / 10;
  }

  private lost(cause: Gap['cause']): void {
    this.gapOpen ??= { from: this.seconds(), cause };
    if (cause !== 'PAUSED') this.warning = 'TAKEN_AWAY';
  }

  private found(): void {
    if (!this.gapOpen) return;
    const { from, cause } = this.gapOpen;
    this.gapOpen = null;
    this.parts.log.gap({ fromSeconds: from, toSeconds: this.seconds(), cause });
    this.gaps = [...this.parts.log.gaps];
    if (this.warning === 'TAKEN_AWAY') this.warning = null;
  }

  private beat(): void {
    this.elapsedSeconds = this.seconds();
    this.level = this.state === 'recording' ? this.meter.level() : 0;
    const now = this.deps.ticks();
    if (this.meter.heard(this.level) || this.state !== 'recording') this.silentSince = now;
    this.silentSeconds = Math.floor((now - this.silentSince) / 1000);
    if (this.warning === null && this.silentSeconds >= SILENT_WARN_SECONDS) this.warning = 'SILENT';
    if (this.warning === 'SILENT' && this.silentSeconds === 0) this.warning = null;
  }

  private async keep(data: Blob): Promise<void> {
    if (this.failure) return;
    try {
      const bytes = new Uint8Array(await data.arrayBuffer());
      await this.parts.log.slice(bytes, this.seconds());
      this.slicesSaved = this.parts.log.slices;
      this.bytesSaved = this.parts.log.bytes;
      if (this.parts.log.emptyInARow >= EMPTY_SLICES_WARN) this.warning = 'EMPTY_SLICES';
      else if (this.warning === 'EMPTY_SLICES') this.warning = null;
    } catch (error) {
      if (!(error instanceof StoreFailure)) throw error;
      this.failure = captureRefusal(error);
      if (this.failure === 'STORAGE_FULL') this.warning = 'STORAGE_LOW';
      this.end('failed');
    }
  }

  pause(): void {
    if (this.state !== 'recording') return;
    this.recordedMs = this.recorded();
    this.state = 'paused';
    this.recorder.pause();
  }

  resume(): void {
    if (this.state !== 'paused') return;
    this.runningSince = this.deps.ticks();
    this.state = 'recording';
    this.recorder.resume();
  }

  async stop(): Promise<Result<AttachmentRef, CaptureRefusal>> {
    if (this.state === 'stopped' || this.state === 'stopping') return fail('EMPTY');
    const seconds = this.seconds();
    this.found();
    // The last slice comes after this and writes its length down: behind a lock, or in a tab that is
    // killed while the slices are joined, it is the only one that stays.
    this.recordedMs = this.recorded();
    this.state = 'stopping';
    if (this.recorder.state !== 'inactive') {
      const stopped = new Promise((resolve) => (this.recorder.onstop = resolve));
      this.recorder.stop();
      await stopped;
    }
    await this.slices;
    this.end('stopped');
    const closed = await this.parts.log.finish(seconds);
    this.parts.release();
    if (!closed.ok) this.failure = closed.error;
    return closed;
  }

  private end(state: 'stopped' | 'failed'): void {
    this.state = state;
    clearInterval(this.pulse);
    this.away.abort();
    this.meter.close();
    for (const track of this.parts.stream.getTracks()) track.stop();
  }
}
