/** What the screens are told of a stretch of sending; see `send-job.ts`. */

/** A request that is on its way. */
export interface Running {
  readonly kind: 'text' | 'file';
  /** Bytes that it carries at most. */
  readonly bytes: number;
  /** Monotone milliseconds at which it went out. */
  readonly since: number;
}

export interface JobFigures {
  /** Share of all bytes of the files at the county, 0..1; null while no file is in the job. */
  readonly share: number | null;
  /** Bytes at the county by record id, of files that are not whole there yet. */
  readonly atCounty: ReadonlyMap<string, number>;
  /** Share at the county by hash. */
  readonly progress: ReadonlyMap<string, number>;
}

export const NO_JOB: JobFigures = { share: null, atCounty: new Map(), progress: new Map() };
