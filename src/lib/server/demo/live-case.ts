/** A case of the demo that is still on its way: the first steps of a sample, told anew. */
export interface LiveCase {
  readonly id: string;
  /** Sample whose course it follows. */
  readonly like: string;
  /** The last event it has had. */
  readonly until: string;
  /** Events of the sample that have not happened here. */
  readonly without?: readonly string[];
  /** Unit that got it, when the sample's own does not fit. */
  readonly unit?: string;
  /** What its own events say, by type, where the sample's words do not fit. */
  readonly told?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** How long ago that was. */
  readonly hoursAgo: number;
  /** How many times faster than in the sample it all went, where its pace does not fit. */
  readonly faster?: number;
  readonly agent: string;
  readonly areaCode: string;
  readonly groupName: string;
  readonly title: string;
  readonly category: string;
  readonly name: string;
  readonly birth: string;
  readonly idNo?: string;
  /** Days from now on which what was promised is due. */
  readonly promisedInDays?: number;
  readonly verbatim: string;
  readonly summary: string;
  readonly claims: readonly string[];
}
