/**
 * What one stretch of sending carries in files: all bytes that were seen waiting since the tablet
 * last had none, so that the share at the county is one figure which never goes back.
 */
import type { Outgoing } from './media-lane.ts';
import { NO_JOB, type JobFigures } from './send-job-types.ts';

export class SendJob {
  private readonly files = new Map<string, { readonly sha: string; readonly bytes: number }>();
  private readonly shares = new Map<string, number>();
  private waiting: ReadonlySet<string> = new Set();
  private highest = 0;

  /** The files that wait now; what was in the job and waits no longer is done. */
  see(files: readonly Outgoing[]): JobFigures {
    for (const { record, meta } of files)
      this.files.set(record.id, { sha: meta.sha256, bytes: meta.bytes });
    this.waiting = new Set(files.map(({ record }) => record.id));
    return this.figures();
  }

  /** So much of a file's bytes is at the county, 0..1. */
  arrived(sha: string, share: number): JobFigures {
    this.shares.set(sha, share);
    return this.figures();
  }

  /** Nothing is left, or nothing of it goes today. */
  end(): JobFigures {
    this.files.clear();
    this.shares.clear();
    this.waiting = new Set();
    this.highest = 0;
    return NO_JOB;
  }

  private figures(): JobFigures {
    const atCounty = new Map<string, number>();
    let all = 0;
    let done = 0;
    for (const [id, { sha, bytes }] of this.files) {
      const there = Math.round(bytes * (this.shares.get(sha) ?? 0));
      all += bytes;
      done += this.waiting.has(id) ? there : bytes;
      if (there > 0) atCounty.set(id, there);
    }
    // A file taken meanwhile makes the job longer; the figure waits for it and does not go back.
    this.highest = all === 0 ? 0 : Math.max(this.highest, done / all);
    const share = all === 0 ? null : this.highest;
    return { share, atCounty, progress: new Map(this.shares) };
  }
}
