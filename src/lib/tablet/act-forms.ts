/** Acts on a page of their own whose words are kept while they are written. */
export type KeptAct =
  | 'calls'
  | 'choice'
  | 'delivery'
  | 'files'
  | 'hazard'
  | 'life'
  | 'notice'
  | 'promise'
  | 'resolution'
  | 'supplement'
  | 'visit'
  | 'withdraw';

const PREFIX = 'act.';

/** The form of an act that is being written; its name stands in the sealed body only. */
export const actForm = (act: KeptAct): { readonly id: string; readonly version: number } => ({
  id: `${PREFIX}${act}`,
  version: 1,
});

/** Whether a draft is one of an act: those stand on the page of the act and in no list. */
export const isActForm = (form: { readonly id: string }): boolean => form.id.startsWith(PREFIX);

/** Acts that stand without a case, or beside a draft of 接单. */
const WITHOUT_CASE: readonly KeptAct[] = ['hazard', 'calls'];

/** Whether a draft is one of an act on a case that was taken. */
export const isOnCase = (form: { readonly id: string }): boolean =>
  isActForm(form) && !WITHOUT_CASE.some((act) => form.id === actForm(act).id);
