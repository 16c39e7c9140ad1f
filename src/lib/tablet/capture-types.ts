/** What captures give to the screens: files, recordings and why there may be none. */
import type { Instant, Result, Sha256 } from '../domain/values.ts';

export type AttachmentKind = 'PHOTO' | 'AUDIO' | 'SIGNATURE' | 'THUMBPRINT' | 'PAPER' | 'OTHER';

/** Metadata of a captured file; goes into `attachment.added` and into payloads by its sha256. */
export interface AttachmentRef {
  readonly sha256: Sha256;
  readonly bytes: number;
  readonly mime: string;
  readonly kind: AttachmentKind;
  readonly capturedAt: Instant;
  readonly caption: string;
  /** Audio only. */
  readonly seconds?: number;
  /** Audio only: stretches in which the microphone was away, seconds from the start. */
  readonly gaps?: readonly Gap[];
}

export interface Gap {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly cause: 'MUTED' | 'HIDDEN' | 'ENDED' | 'PAUSED' | 'KILLED';
}

/** Why a capture failed. No capture is ever required: the screen goes on without it. */
export type CaptureRefusal =
  | 'NO_DEVICE'
  | 'NOT_ALLOWED'
  | 'NOT_SUPPORTED'
  | 'NOT_AN_IMAGE'
  | 'TOO_LARGE'
  | 'STORAGE_FULL'
  | 'STORE_BROKEN'
  | 'EMPTY';

export type RecorderState = 'starting' | 'recording' | 'paused' | 'stopping' | 'stopped' | 'failed';

/** A running 口述 recording; slices of <= 2 s are strict on disk as they come. Reactive. */
export interface Recorder {
  readonly state: RecorderState;
  /** 0..1, for the meter, about 20 times a second. */
  readonly level: number;
  readonly elapsedSeconds: number;
  readonly slicesSaved: number;
  readonly bytesSaved: number;
  /** Seconds since something was last heard; the screen warns from 4. */
  readonly silentSeconds: number;
  readonly gaps: readonly Gap[];
  readonly warning: 'SILENT' | 'EMPTY_SLICES' | 'TAKEN_AWAY' | 'STORAGE_LOW' | null;
  readonly failure: CaptureRefusal | null;
  pause(): void;
  resume(): void;
  /** Closes the file: hash and metadata; 1-2 s for a long one. */
  stop(): Promise<Result<AttachmentRef, CaptureRefusal>>;
}
