/**
 * 念一遍: the tablet's own voice, only where one is installed on the machine itself.
 *
 * A voice that lives on a server would send the villager's words away, so `localService` is
 * demanded. No voice is a normal state: the button then stays away and the agent reads aloud.
 */

const waitForVoicesMs = 1500;
/** Longest text handed to the voice at once; longer words are read by the agent. */
export const speakCharsMax = 2000;

/** The installed Chinese voice of this machine, or null when there is none. */
export async function localChineseVoice(): Promise<SpeechSynthesisVoice | null> {
  if (!('speechSynthesis' in globalThis)) return null;
  const pick = (): SpeechSynthesisVoice | null =>
    speechSynthesis.getVoices().find((v) => v.localService && /^(zh|cmn)/i.test(v.lang)) ?? null;
  const now = pick();
  if (now || speechSynthesis.getVoices().length > 0) return now;
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(pick()), waitForVoicesMs);
    speechSynthesis.addEventListener(
      'voiceschanged',
      () => {
        clearTimeout(timer);
        resolve(pick());
      },
      { once: true },
    );
  });
}

/** Reads a text slowly; an earlier reading is cut off. Resolves when it is done or was stopped. */
export function speak(text: string, voice: SpeechSynthesisVoice): Promise<void> {
  speechSynthesis.cancel();
  const words = new SpeechSynthesisUtterance(text.slice(0, speakCharsMax));
  words.voice = voice;
  words.lang = voice.lang;
  words.rate = 0.85;
  return new Promise((resolve) => {
    words.onend = () => resolve();
    words.onerror = () => resolve();
    speechSynthesis.speak(words);
  });
}

/** Stops whatever is being read. */
export function hush(): void {
  if ('speechSynthesis' in globalThis) speechSynthesis.cancel();
}
