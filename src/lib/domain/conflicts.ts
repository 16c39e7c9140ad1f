/**
 * 离线冲突 K01-K27 (REFERENCE 4.6) as data: what happens, what comes of it, who sees both versions.
 *
 * Nothing is lost and nothing silently overwritten; acts of the office stand until the office
 * changes them; what protects the villager wins ties.
 */

/** Who is shown a conflict: AGENT, TOWNSHIP, OFFICE, UNIT, or the SEALED desk alone. */
export type ShownTo = 'AGENT' | 'TOWNSHIP' | 'OFFICE' | 'UNIT' | 'SEALED';

export interface ConflictRule {
  readonly situation: string;
  readonly outcome: string;
  readonly shownTo: readonly ShownTo[];
  /** Where the rule is kept: at admission, across two cases, on the tablet, or by the clock. */
  readonly kept: 'ADMISSION' | 'QUARANTINE' | 'CASES' | 'DRAFTS' | 'DAILY';
}

const rule = (
  situation: string,
  outcome: string,
  rest: Pick<ConflictRule, 'shownTo'> & Partial<ConflictRule>,
): ConflictRule => ({ situation, outcome, kept: 'ADMISSION', ...rest });

export const CONFLICTS = {
  K01: rule('县里已登记，代理员离线又改了内容', '登记值不变，改动转为补充材料待采认', {
    shownTo: ['OFFICE', 'AGENT'],
  }),
  K02: rule('单位已经在办，现场又处理好了', '状态不变，挂“现场已处理，请核”，单位采认', {
    shownTo: ['UNIT', 'OFFICE'],
  }),
  K03: rule('县里退回补正时，材料已经在路上', '材料算数，代理员只需再上报一次', {
    shownTo: ['OFFICE', 'AGENT'],
  }),
  K04: rule('已并案，子件又来了新材料', '材料留在子件，同时抄到主件', {
    shownTo: ['OFFICE', 'AGENT'],
  }),
  K05: rule('两名代理员离线各接了同一件事', '两件都收，提出并案；到期日取早的，查询码各留各的', {
    shownTo: ['OFFICE'],
    kept: 'CASES',
  }),
  K06: rule('同一草稿在两台机器上都改了', '两边的话都留着，由代理员选', {
    shownTo: ['AGENT'],
    kept: 'DRAFTS',
  }),
  K07: rule('评价到得晚', '窗口内评的照算；晚了的留存可看，不计入', { shownTo: ['OFFICE'] }),
  K08: rule('同一对象评了两次', '先评的算，后评的是复评，旁边并列', { shownTo: ['OFFICE'] }),
  K09: rule('委托解除后代理员还在办', '先留着，群众追认后才算', {
    shownTo: ['OFFICE', 'TOWNSHIP'],
  }),
  K10: rule('代理员已停用，机器里还有记录', '停用前的照收，停用后的暂存待核；群众的诉求不压', {
    shownTo: ['OFFICE', 'TOWNSHIP'],
    kept: 'QUARANTINE',
  }),
  K11: rule('机器时间不准', '两个时间都留着，超一天的以县里收到为准', { shownTo: ['OFFICE'] }),
  K12: rule('附件一直没到', '案件照办，留占位；七天后请重拍或说明', {
    shownTo: ['AGENT', 'OFFICE'],
    kept: 'DAILY',
  }),
  K13: rule('离线期间区划代码变了', '旧代码照收，按沿革对应；对不上的由县局选', {
    shownTo: ['OFFICE'],
  }),
  K14: rule('延期已批，群众听到的还是老日子', '派“改期要重新告知”的事，告知前标未达', {
    shownTo: ['AGENT', 'OFFICE'],
  }),
  K15: rule('同一文书有两个送达日', '群众的权利按晚的算，单位的时限按先发出的算', {
    shownTo: ['OFFICE', 'UNIT'],
  }),
  K16: rule('县里降了紧急，村里又报急', '报急优先，等人确认', { shownTo: ['OFFICE', 'TOWNSHIP'] }),
  K17: rule('已密封，机器里还有没报的', '只收不看，收到后机器上清掉', { shownTo: ['SEALED'] }),
  K18: rule('已作废或撤回，又来了新情况', '照收，状态不变，请县局看要不要重新办', {
    shownTo: ['OFFICE'],
  }),
  K19: rule('群众要撤回，意见已经出了', '撤回记下，意见照旧，县局直接问本人', {
    shownTo: ['OFFICE'],
  }),
  K20: rule('两台机器报的代表合起来超过五人', '都记为成员，代表待定，请大伙选不超过五人', {
    shownTo: ['OFFICE', 'AGENT'],
  }),
  K21: rule('已移交，原代理员又补录', '照收，标“原代理员补录”', { shownTo: ['OFFICE', 'AGENT'] }),
  K22: rule('已办结，承诺没兑现', '照收，亮红灯，两个工作日内重办或说明', {
    shownTo: ['OFFICE', 'UNIT'],
  }),
  K23: rule('旧版或新版程序的记录', '能转的转，认不得的原样暂存，升级后再读', {
    shownTo: ['OFFICE'],
    kept: 'QUARANTINE',
  }),
  K24: rule('电话里先记了，机器又报来同一件', '两条连成一件，只算一次', { shownTo: ['OFFICE'] }),
  K25: rule('三十天内申请，过了三十天才传到', '算在期限内，标“离线递交”', {
    shownTo: ['OFFICE'],
  }),
  K26: rule('一条隐患被两人各转成一件', '先到的算，后到的提出并案', { shownTo: ['OFFICE'] }),
  K27: rule('读回的和传来的文字对不上', '照收，标“读回不符”，请再念一遍', {
    shownTo: ['OFFICE', 'AGENT'],
  }),
} as const satisfies Readonly<Record<string, ConflictRule>>;

export type ConflictId = keyof typeof CONFLICTS;
export const CONFLICT_IDS = Object.keys(CONFLICTS) as ConflictId[];
