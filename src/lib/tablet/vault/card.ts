/** The card on the lanyard, as the tablet's code knows it; the desk prints the same one. */
export * from '../../protocol/card.ts';
export { readSlip } from '../../protocol/reopen.ts';
