/** What loads depend on that are read again when the log of the county moved. */
export const MOVED = 'desk:moved';
/** What the page of a case depends on: read again only when this case moved, as each look is kept. */
export const CASE_MOVED = 'desk:case';
