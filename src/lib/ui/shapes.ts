/** The shape of a light: 正常 circle, 临期 triangle, 超期 square, 没起算 ring. */
export type LightShape = 'ok' | 'soon' | 'late' | 'idle';

/** How far a thing has come: not yet, part of it, all of it. */
export type TickState = 'none' | 'part' | 'done';

/** ① 存好 ② 县里 ③ 备份 ④ 回执 of one case. */
export interface TickStates {
  readonly saved: TickState;
  readonly county: TickState;
  readonly backup: TickState;
  readonly receipt: TickState;
}

/** One answer that can be tapped. */
export interface Option<V extends string = string> {
  readonly value: V;
  readonly word: string;
}

/** One line of 走到哪了. */
export interface TimelineRow {
  readonly key: string;
  /** Spoken date, e.g. `6月9日 09:30` or `最晚 6月24日`. */
  readonly when: string;
  readonly what: string;
  /** Where this event is: 还在机器里 / 县里收到 / 备份好了; empty for what is still to come. */
  readonly where: string;
  readonly state: 'unsent' | 'county' | 'todo';
}
