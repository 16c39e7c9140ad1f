/**
 * Id of the empty form in `app.html` that text areas and selects belong to. Browsers keep what stands
 * in a page's fields on the disk, in clear, to bring it back with the tab; not what belongs to a
 * form that says `autocomplete="off"`. Inputs say it themselves.
 */
export const UNKEPT = 'unkept';
