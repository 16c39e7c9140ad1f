/**
 * How fast pictures and sound go out: measured by real chunks, never by what a browser says of the
 * network. All limits of the media lane stand here.
 */
import { CHUNK_BYTES } from '../protocol/version.ts';

/** Chunks under way at once on a good link; a bad one carries one. */
export const CHUNKS_IN_FLIGHT_MAX = 4;
/** A link is good while one chunk's share of it takes less than this. */
export const FAST_CHUNK_MS = 1_000;
/** Longer than this for one chunk's share, and only one is under way. */
export const SLOW_CHUNK_MS = 2_000;
/** A request carries about so much time: this long a fresh text waits at most for the lane. */
export const PIECE_SECONDS = 8;
/** Smallest piece of a chunk that is sent on its own. */
export const PIECE_BYTES_LEAST = 8 * 1024;
/** Files that one exchange announces while the link is bad: their names cost bytes every time. */
export const ANNOUNCED_SLOW_MAX = 6;
/** Below this the link is bad. */
export const BAD_LINK_BYTES_PER_SECOND = 16 * 1024;
/** Pause of the lane when the county names no time. */
export const PAUSE_SECONDS = 30;
/** How much the newest chunk says about the link. */
const NEWEST = 0.4;

/** What this tab knows of the link's way up; lives as long as the loop. */
export class MediaPace {
  /** Chunks that may be under way. */
  width = 1;
  /** Bytes per second of all chunks under way together; null before the first. */
  rate: number | null;
  private readonly ticks: () => number;
  private pausedUntil = 0;
  private broken = 0;

  /** @param ticks monotone milliseconds; @param rate of today's measured signal, if any */
  constructor(ticks: () => number, rate: number | null = null) {
    this.ticks = ticks;
    this.rate = rate;
  }

  now(): number {
    return this.ticks();
  }

  /** One request was kept; `beside`: how many were under way, itself included. */
  kept(bytes: number, ms: number, beside: number): void {
    this.broken = 0;
    if (ms <= 0) return;
    const now = (bytes * 1_000 * beside) / ms;
    this.rate = this.rate === null ? now : this.rate * (1 - NEWEST) + now * NEWEST;
    const share = (CHUNK_BYTES * 1_000) / this.rate;
    if (share < FAST_CHUNK_MS) this.width = Math.min(CHUNKS_IN_FLIGHT_MAX, this.width + 1);
    else if (share > SLOW_CHUNK_MS) this.width = 1;
  }

  /** The line broke under a request. */
  broke(): void {
    this.broken += 1;
    this.width = 1;
  }

  /** Bytes of one request: a whole chunk on a good link, on a bad one what a few seconds carry. */
  pieceBytes(): number {
    const known = this.rate === null ? CHUNK_BYTES : this.rate * PIECE_SECONDS;
    const careful = known / 2 ** Math.max(0, this.broken - 1);
    return Math.max(PIECE_BYTES_LEAST, Math.min(CHUNK_BYTES, Math.floor(careful)));
  }

  /** How many files an exchange announces. */
  filesAtOnce(most: number): number {
    const bad = this.rate !== null && this.rate < BAD_LINK_BYTES_PER_SECOND;
    return bad || this.broken > 0 ? Math.min(most, ANNOUNCED_SLOW_MAX) : most;
  }

  /** The county asked for a pause: pictures wait, text does not. */
  pause(seconds: number): void {
    this.pausedUntil = this.ticks() + seconds * 1_000;
  }

  /** Seconds that the lane still rests; 0 when it may run. */
  restSeconds(): number {
    return Math.max(0, (this.pausedUntil - this.ticks()) / 1_000);
  }
}
