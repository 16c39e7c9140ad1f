import type { CaseFile } from '../../domain/case-file.ts';
import type { Mark } from '../../domain/noted.ts';
import { COUNTY } from '../county.ts';

/** A paper as the page prints it: formal text in paragraphs, then half a page in plain words. */
export interface Paper {
  readonly title: string;
  readonly docNo: string;
  readonly to: string;
  readonly paragraphs: readonly string[];
  readonly plain: string;
  readonly unit: string;
  readonly on: string;
}

/** What every template may need about the case. */
export interface Facts {
  readonly file: CaseFile;
  readonly title: string;
  readonly number: string;
  readonly due: string;
  readonly unit: string;
  /** A name, or what stands for it where the reader may not know who asks (case.view_identity). */
  readonly named: (text: string | undefined) => string;
}

/** The paper, or null when the case has no ground for it. */
export type Template = (facts: Facts) => Omit<Paper, 'to'> | null;

/** One ideographic space, and room for a few characters by hand. */
export const GAP = '\u3000';
export const BLANK = GAP.repeat(4);

/** `2026年6月9日` of an instant or a day, in Asia/Shanghai. */
export function day(at: string | null | undefined): string {
  if (!at) return `${GAP}${GAP}年${GAP}月${GAP}日`;
  const ms = at.length === 10 ? Date.parse(`${at}T00:00:00Z`) : Date.parse(at) + 8 * 3_600_000;
  const local = new Date(ms);
  return `${local.getUTCFullYear()}年${local.getUTCMonth() + 1}月${local.getUTCDate()}日`;
}

/** The county's day of an event. */
export const at = (mark: Mark | null | undefined): string =>
  day(mark?.receivedAt ?? mark?.occurredAt);

/** The office that signs. */
export const office = `${COUNTY.name}信访局`;
