import type { MediaRefusal } from '../protocol/sync.ts';
import type { AttachmentKind, Gap } from './workspace-types.ts';

/** Why a file stays here for good: the county does not take it, or it is not what it was. */
export type MediaFault = MediaRefusal | 'BROKEN_HERE';

/** Sealed metadata of a captured file. */
export interface SealedMedia {
  /** Empty while a recording runs. */
  readonly sha256: string;
  readonly bytes: number;
  readonly mime: string;
  readonly kind: AttachmentKind;
  readonly capturedAt: string;
  readonly caption: string;
  readonly seconds?: number;
  readonly gaps?: readonly Gap[];
  readonly fault?: MediaFault;
  /** For the county, under the seal: whose case it was captured for, and by whom. */
  readonly caseId?: string;
  readonly by?: string;
}
