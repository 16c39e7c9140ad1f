/** Gives a file into people's hands: by the picker, the share sheet, or as a download. */

interface PickedFile {
  createWritable(): Promise<{ write(data: Blob): Promise<void>; close(): Promise<void> }>;
}
interface Picker {
  showSaveFilePicker?(options: { readonly suggestedName: string }): Promise<PickedFile>;
}

/** `gone`: the person closed the picker or the share sheet; nothing was saved. */
export type Saved = 'picked' | 'shared' | 'downloaded' | 'gone';

const isGivenUp = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'AbortError';

/** Only from a touch or a click: browsers allow it there alone. */
export async function saveFile(blob: Blob, name: string): Promise<Saved> {
  const { showSaveFilePicker } = globalThis as Picker;
  try {
    if (showSaveFilePicker) {
      const picked = await showSaveFilePicker.call(globalThis, { suggestedName: name });
      const writable = await picked.createWritable();
      await writable.write(blob);
      await writable.close();
      return 'picked';
    }
    const file = new File([blob], name, { type: blob.type });
    if (navigator.canShare?.({ files: [file] })) {
      await navigator.share({ files: [file] });
      return 'shared';
    }
  } catch (error) {
    if (isGivenUp(error)) return 'gone';
    // A picker or a share sheet that does not work here: the download still does.
  }
  download(blob, name);
  return 'downloaded';
}

/** The browser reads the file after the click; a minute is enough for any stick. */
const REVOKE_MS = 60_000;

function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_MS);
}
