import { texts } from '../lib/language.svelte';

/** Why a sample is flagged or set aside, by `Reason.kind`. */
export const reasons = texts(
  {
    no_person: 'Nobody found',
    several_people: 'Several people',
    cut_off: 'Body cut off',
    blur: 'Blurred',
    dark: 'Too dark',
    duplicate_of: 'Nearly the same as another',
    outlier: 'Looks like another class',
    somebody: 'Somebody is in it',
    by_hand: 'Set aside by hand',
    undone: 'Recording undone',
  },
  {
    no_person: '사람 없음',
    several_people: '여러 사람',
    cut_off: '몸이 잘림',
    blur: '흐림',
    dark: '너무 어두움',
    duplicate_of: '거의 같은 사진',
    outlier: '다른 동작처럼 보임',
    somebody: '사람이 있음',
    by_hand: '직접 제외함',
    undone: '촬영 취소',
  },
);

/** A reason in the words of `t`; reasons of the user's own stand as they are. */
export function reasonText(t: Record<string, string>, kind: string): string {
  return t[kind] ?? kind;
}
