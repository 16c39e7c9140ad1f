/** Acts on a page of their own whose words are kept while they are written. */
export type KeptAct =
  | 'choice'
  | 'delivery'
  | 'files'
  | 'hazard'
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
