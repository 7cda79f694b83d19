// Counting down aloud, for somebody who stands away from the screen.

import type { Language } from './language.svelte';

export type Sound = 'voice' | 'beep' | 'silent';

const BEEP_SECONDS = 0.15;
const LOW = 660;
const HIGH = 1320;

let audio: AudioContext | null = null;

/** A short tone, a higher one where it goes off. */
export function beep(high: boolean): void {
  // Browsers allow sound from the first press of a button on.
  audio ??= new AudioContext();
  const tone = audio.createOscillator();
  const level = audio.createGain();
  const now = audio.currentTime;
  tone.frequency.value = high ? HIGH : LOW;
  level.gain.setValueAtTime(0.25, now);
  level.gain.exponentialRampToValueAtTime(0.001, now + BEEP_SECONDS);
  tone.connect(level).connect(audio.destination);
  tone.start(now);
  tone.stop(now + BEEP_SECONDS);
}

/** A voice of this machine; others would send the words to somebody's server. */
function voice(language: Language): SpeechSynthesisVoice | undefined {
  const speech = window.speechSynthesis as SpeechSynthesis | undefined;
  return speech?.getVoices().find((found) => found.localService && found.lang.toLowerCase().startsWith(language));
}

/** Says a number by `sound`; beeps where this machine has no voice for the language. */
export function count(number: number, sound: Sound, language: Language): void {
  if (sound === 'silent') return;
  const speaker = sound === 'voice' && number > 0 ? voice(language) : undefined;
  if (speaker === undefined) {
    beep(number === 0);
    return;
  }
  const words = new SpeechSynthesisUtterance(String(number));
  words.voice = speaker;
  words.lang = speaker.lang;
  words.rate = 1.3;
  window.speechSynthesis.cancel();
  window.speechSynthesis.speak(words);
}
