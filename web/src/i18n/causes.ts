import { texts } from '../lib/language.svelte';
import { withParticle } from '../lib/particle';
import type { CauseCode } from './codes';

type Of = Record<string, unknown>;
type Words = Record<CauseCode, string | ((of: Of) => string)>;

const several = (names: unknown): string => (names as string[]).map((name) => `“${name}”`).join(', ');

/** Why something failed, and what to do about it, by the code of the server's `Cause`. */
export const causes = texts(
  {
    no_samples: 'There are no samples in use. Collect some first, or take back what is set aside.',
    one_class: ({ class: name }: Of) => `Only “${String(name)}” has samples. Collect another motion too: it takes two to tell apart.`,
    few_samples: ({ classes }: Of) =>
      `There are too few samples of ${several(classes)} to learn from and to check on. Record them once more (another session or another person).`,
    few_for_folds: ({ class: name, folds }: Of) =>
      `“${String(name)}” has too few recordings for ${String(folds)} rounds of cross-validation. Choose fewer rounds, or record it once more.`,
    no_such_person: ({ person }: Of) => `No sample shows ${String(person)} any more, who was to be tested on. Choose other people under “More settings”.`,
    none_usable: ({ count }: Of) => `This network can use none of the ${String(count)} samples. Choose another network, or collect other samples.`,
    nobody_found: 'Nobody was found in any of the samples it would learn from. Look them over on the page Curate, or choose a network that looks at photos.',
    diverged: ({ rate }: Of) => `Learning went astray: the learning rate of ${String(rate)} is too high. Choose a lower one.`,
    checkpoint: 'It cannot go on from where it stopped: samples or settings are others now, or the file is damaged. Start it from the beginning.',
    dataset_gone: 'The project’s folder holds no project any more. Was it moved or renamed?',
    dataset_damaged: ({ file }: Of) => `The file ${String(file)} of the project is damaged, or was changed by another program. Put back a copy of it.`,
    dataset_newer: 'The project was made with a newer Kihap. Update this one.',
    dataset_busy: 'Another program is using the project. Try again when it has finished.',
    model_incomplete: ({ file }: Of) => `The model’s file ${String(file)} is missing. Train it again, or copy the whole folder of the model again.`,
    model_damaged: ({ file }: Of) => `The model is damaged or of another version (${String(file)}). Train it again, or copy it again.`,
    model_outdated: 'The model was trained with another version, which looks at pictures differently. Train it again.',
    not_installed: 'The networks that look at pictures are not installed yet. Run “kihap setup” in a terminal, then try again.',
    network_failed: 'A network could not be run. Try again; if it stays so, run “kihap setup --force” in a terminal.',
    no_page_runtime: ({ package: name }: Of) =>
      `The web page needs ${String(name)}, which could not be fetched. Install Node with npm, connect to the internet once, and export again.`,
    export_differs: ({ changed, samples }: Of) =>
      `The exported file gave other answers than Kihap for ${String(changed)} of ${String(samples)} samples, so it was not kept. Please report this.`,
    disk_full: 'The disk is full. Make room on it, then try again.',
    no_right: ({ file }: Of) => `The studio has no right to read or write ${String(file)}. Change its permissions, or keep the projects in another folder.`,
    broken_off: 'The work broke off by a fault in Kihap. Try again; if it happens twice, please report it.',
  } satisfies Words,
  {
    no_samples: '쓰는 표본이 없습니다. 먼저 모으거나, 제외한 표본을 다시 쓰기로 하세요.',
    one_class: ({ class: name }: Of) => `표본이 있는 동작이 “${String(name)}” 하나뿐입니다. 가려내려면 동작이 둘은 있어야 하니 다른 동작도 모으세요.`,
    few_samples: ({ classes }: Of) => `배우고 확인하기에는 표본이 너무 적은 동작이 있습니다: ${several(classes)}. 한 번 더 촬영하세요(다른 때나 다른 사람).`,
    few_for_folds: ({ class: name, folds }: Of) =>
      `교차 검증을 ${String(folds)}번 하기에는 “${String(name)}” 촬영이 너무 적습니다. 횟수를 줄이거나 한 번 더 촬영하세요.`,
    no_such_person: ({ person }: Of) => `시험에 쓰려던 사람(${String(person)})의 표본이 이제 없습니다. “더 많은 설정”에서 다른 사람을 고르세요.`,
    none_usable: ({ count }: Of) => `표본 ${String(count)}개 가운데 이 신경망이 쓸 수 있는 것이 없습니다. 다른 신경망을 고르거나 다른 표본을 모으세요.`,
    nobody_found: '배울 표본 어디에서도 사람을 찾지 못했습니다. 고르기 화면에서 살펴보거나, 사진을 보는 신경망을 고르세요.',
    diverged: ({ rate }: Of) => `학습률 ${withParticle(String(rate), '이(가)')} 너무 높아 학습이 어긋났습니다. 더 낮추세요.`,
    checkpoint: '멈춘 곳에서 이어 갈 수 없습니다. 그사이 표본이나 설정이 바뀌었거나 파일이 손상되었습니다. 처음부터 다시 하세요.',
    dataset_gone: '프로젝트 폴더에 프로젝트가 없습니다. 옮기거나 이름을 바꾸었나요?',
    dataset_damaged: ({ file }: Of) => `프로젝트의 ${String(file)} 파일이 손상되었거나 다른 프로그램이 바꾸었습니다. 복사해 둔 파일로 되돌리세요.`,
    dataset_newer: '더 새로운 기합으로 만든 프로젝트입니다. 기합을 업데이트하세요.',
    dataset_busy: '다른 프로그램이 프로젝트를 쓰고 있습니다. 끝난 뒤에 다시 하세요.',
    model_incomplete: ({ file }: Of) => `모델의 ${String(file)} 파일이 없습니다. 다시 학습하거나 모델 폴더를 통째로 다시 복사하세요.`,
    model_damaged: ({ file }: Of) => `모델이 손상되었거나 다른 버전의 것입니다(${String(file)}). 다시 학습하거나 다시 복사하세요.`,
    model_outdated: '사진을 다르게 보는 다른 버전에서 학습한 모델입니다. 다시 학습하세요.',
    not_installed: '사진을 보는 신경망이 아직 설치되지 않았습니다. 터미널에서 “kihap setup”을 실행한 뒤 다시 하세요.',
    network_failed: '신경망을 돌리지 못했습니다. 다시 해 보고, 그래도 안 되면 터미널에서 “kihap setup --force”를 실행하세요.',
    no_page_runtime: ({ package: name }: Of) =>
      `웹 페이지에 필요한 ${withParticle(String(name), '을(를)')} 내려받지 못했습니다. npm이 든 Node를 설치하고, 인터넷에 한 번 연결해 다시 내보내세요.`,
    export_differs: ({ changed, samples }: Of) =>
      `내보낸 파일이 표본 ${String(samples)}개 가운데 ${String(changed)}개에서 기합과 다르게 답해 남기지 않았습니다. 개발자에게 알려 주세요.`,
    disk_full: '디스크가 가득 찼습니다. 자리를 만든 뒤 다시 하세요.',
    no_right: ({ file }: Of) => `스튜디오에 ${withParticle(String(file), '을(를)')} 읽거나 쓸 권한이 없습니다. 권한을 바꾸거나 프로젝트를 다른 폴더에 두세요.`,
    broken_off: '기합의 잘못으로 일이 끊겼습니다. 다시 해 보고, 또 그러면 개발자에게 알려 주세요.',
  },
);

/** A cause as the server tells it. */
export type Cause = { code: string } & Of;

/** A cause in the words of `t`; null where the page has none for it. */
export function causeText(t: object, cause: Cause | null | undefined): string | null {
  if (cause === null || cause === undefined || !Object.hasOwn(t, cause.code)) return null;
  const text = (t as Words)[cause.code as CauseCode];
  return typeof text === 'function' ? text(cause) : text;
}
