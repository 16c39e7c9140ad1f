import { VILLAGER_SENTENCES } from '../../domain/plain-words.ts';

/** 到哪步了: the plain sentence of every status, the same that the public page says. */
export const statusZh = VILLAGER_SENTENCES;

/** Status codes that have a sentence. */
export type StatusWords = typeof statusZh;
