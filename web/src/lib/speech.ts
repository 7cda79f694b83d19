// Speaking with the browser's own voices. Voices from the network are never used: nothing leaves this machine.

import { language } from './language.svelte';

const KEPT = 'kihap.voice';

function voice(): SpeechSynthesisVoice | null {
  const speech = globalThis.speechSynthesis as SpeechSynthesis | undefined;
  const local = speech?.getVoices().filter((voice) => voice.localService) ?? [];
  return local.find((voice) => voice.lang.toLowerCase().startsWith(language.current)) ?? null;
}

/** Whether there is a voice for the page's language. */
export function canSpeak(): boolean {
  return voice() !== null;
}

/** Tells when the list of voices changed; browsers load it late. */
export function onVoices(changed: () => void): () => void {
  const speech = globalThis.speechSynthesis as SpeechSynthesis | undefined;
  speech?.addEventListener('voiceschanged', changed);
  return () => speech?.removeEventListener('voiceschanged', changed);
}

export function wantsVoice(): boolean {
  return localStorage.getItem(KEPT) === 'yes';
}

export function keepVoice(wanted: boolean): void {
  localStorage.setItem(KEPT, wanted ? 'yes' : 'no');
  if (!wanted) globalThis.speechSynthesis?.cancel();
}

/** Says a text, in place of what is still being said. */
export function say(text: string): void {
  const chosen = voice();
  if (chosen === null || !wantsVoice()) return;
  speechSynthesis.cancel();
  const spoken = new SpeechSynthesisUtterance(text);
  spoken.voice = chosen;
  spoken.lang = chosen.lang;
  speechSynthesis.speak(spoken);
}
