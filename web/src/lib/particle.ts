// Korean particles after words that are only known when the page runs.

const FIRST = 0xac00;
const LAST = 0xd7a3;
/** Final consonants that a syllable can have, none included; ㄹ is the eighth. */
const FINALS = 28;
const RIEUL = 8;
/** The final of each digit as it is read: 영, 일, 이, 삼 … */
const DIGITS = [21, RIEUL, 0, 16, 0, 0, 1, RIEUL, RIEUL, 0];

/** After a final consonant, and without one. */
const PAIRS = {
  '을(를)': ['을', '를'],
  '은(는)': ['은', '는'],
  '이(가)': ['이', '가'],
  '와(과)': ['과', '와'],
  '(으)로': ['으로', '로'],
} as const;

function final(word: string): number | null {
  const letter = word.replace(/[^\p{L}\p{N}]+$/u, '').at(-1) ?? '';
  if (/^[0-9]$/.test(letter)) return DIGITS[Number(letter)] ?? null;
  const code = letter.charCodeAt(0);
  return code >= FIRST && code <= LAST ? (code - FIRST) % FINALS : null;
}

/** The form of a particle that `word` asks for; both forms after letters whose sound is not known. */
export function particle(word: string, both: keyof typeof PAIRS): string {
  const sound = final(word);
  if (sound === null) return both;
  // 로 follows ㄹ as it follows a vowel.
  const open = sound === 0 || (both === '(으)로' && sound === RIEUL);
  return PAIRS[both][open ? 1 : 0];
}

/** The word with its particle. */
export const withParticle = (word: string, both: keyof typeof PAIRS): string => word + particle(word, both);
