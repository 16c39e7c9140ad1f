import writeXlsxFile from 'write-excel-file/node';
import type { Subject } from '../../domain/permissions.ts';
import type { Instant } from '../../domain/values.ts';
import type { DeskDeps } from './deps.ts';
import type { LedgerRow } from './ledger.ts';
import { holderOf, summaryOf } from './row.ts';

/** What of a list leaves the house: never a sealed case, not even for those who may see it. */
export const leavesHouse = (rows: readonly LedgerRow[]): readonly LedgerRow[] =>
  rows.filter(({ seen }) => !seen.sight.sealed);

/** Columns of the export, in the order of the sheet; a subset of REFERENCE 6.9 with the texts whole. */
const HEADINGS = [
  '序号',
  '信访件编号',
  '临时编号',
  '查询码',
  '信访日期',
  '登记时间',
  '信访人',
  '人数',
  '问题属地',
  '属地代码',
  '内容分类',
  '事项类别',
  '主要内容',
  '原话',
  '整理',
  '诉求',
  '去向单位',
  '代理员',
  '转送交办时间',
  '受理时间',
  '限办时间',
  '办结时间',
  '处理结果',
  '灯',
  '标记',
  '案件标识',
  '导出人',
  '导出时间',
  '用途',
] as const;

const LIGHT_WORDS: Readonly<Record<string, string>> = {
  ok: '正常',
  soon: '临期',
  late: '超期',
  idle: '没起算',
  ended: '不计',
  urgent: '紧急',
  hold: '暂停',
  inTime: '按期',
  overTime: '超期办结',
};
const FLAG_WORDS: Readonly<Record<string, string>> = {
  first: '初',
  repeat: '重',
  skipLevel: '越',
  joint: '联',
  anonymous: '匿',
  lawsuit: '诉',
  urgent: '急',
  threat: '言',
  secret: '密',
  leaderCase: '包',
  supervised: '督',
};

/** Who exports, when and why: stands in every row, so that a cut-out still says it. */
export interface Watermark {
  readonly person: Subject;
  readonly at: Instant;
  readonly purpose: string;
}

/** `2026-06-09 09:30` of an instant, in Asia/Shanghai. */
function moment(at: string | null): string {
  if (at === null) return '';
  const local = new Date(Date.parse(at) + 8 * 3_600_000).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 16)}`;
}

function cellsOf(row: LedgerRow, index: number, mark: Watermark): string[] {
  const { file } = row.seen.record;
  return [
    String(index + 1),
    row.number,
    row.temporary,
    row.query,
    file.head.xfDate ?? '',
    moment(file.moments.registeredAt),
    row.petitioner,
    String(row.count),
    row.area,
    file.head.areaCode ?? '',
    row.category,
    file.head.kind ?? '',
    row.title,
    file.dictations.map((piece) => piece.verbatim ?? '').join('\n'),
    summaryOf(file),
    (file.head.claims ?? []).map((claim, i) => `${i + 1}. ${claim.text}`).join('\n'),
    holderOf(file),
    file.agent?.name ?? '',
    moment(file.moments.transferredAt),
    moment(file.moments.acceptedAt),
    moment(row.due),
    moment(row.closed),
    row.result,
    LIGHT_WORDS[row.light.word] ?? '',
    row.flags.map((flag) => FLAG_WORDS[flag] ?? '').join(''),
    file.caseId,
    mark.person.name,
    moment(mark.at),
    mark.purpose,
  ];
}

/**
 * A sheet program takes a cell that begins so for a formula, full-width signs too (＝＋－＠), and a
 * cut at tab or CR may make a later part begin so.
 */
const STARTS_FORMULA = /^[\s\p{Cc}]*[=+\-@＝＋－＠]|^[\t\r\n]/u;

/** The text with a leading apostrophe when a sheet would calculate it; otherwise untouched. */
export const formulaSafe = (text: string): string =>
  STARTS_FORMULA.test(text) ? `'${text}` : text;

/** Words go out as they were said: what turns their direction is a matter of screens and papers. */
const csvCell = (text: string): string => `"${formulaSafe(text).replaceAll('"', '""')}"`;

/** The ledger as UTF-8 CSV with BOM, every cell quoted, line ends CRLF. */
export function ledgerCsv(rows: readonly LedgerRow[], mark: Watermark): string {
  const lines = [
    HEADINGS.map(csvCell).join(','),
    ...rows.map((row, i) => cellsOf(row, i, mark).map(csvCell).join(',')),
  ];
  return `\uFEFF${lines.join('\r\n')}\r\n`;
}

/**
 * The ledger as a workbook. Every cell is typed as text: codes keep their digits and a text that
 * begins like a formula is never calculated, so nothing needs to be put before it.
 */
export async function ledgerXlsx(rows: readonly LedgerRow[], mark: Watermark): Promise<Uint8Array> {
  const head = HEADINGS.map((value) => ({ value, type: String, fontWeight: 'bold' as const }));
  const body = rows.map((row, i) =>
    cellsOf(row, i, mark).map((text) => ({ value: text, type: String })),
  );
  const made = writeXlsxFile([head, ...body], { sheet: '登记台账' });
  const buffer = await made.toBuffer();
  return new Uint8Array(buffer);
}

/** Writes the export into the audit log: who, why, how much. */
export async function logExport(
  deps: DeskDeps,
  mark: Watermark,
  about: { rows: number; format: string; scope: string },
): Promise<void> {
  const note = JSON.stringify({ purpose: mark.purpose, ...about });
  const line = {
    at: mark.at,
    personId: mark.person.personId,
    action: 'export.made',
    caseId: null,
    note,
  };
  await deps.store.transact(deps.county, (tx) => tx.write({ audit: [line] }));
}
