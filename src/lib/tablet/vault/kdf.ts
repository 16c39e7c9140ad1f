/** The vault makes guesses dear as the officers' keys do: one function for both. */
export * from '../../protocol/kdf.ts';
