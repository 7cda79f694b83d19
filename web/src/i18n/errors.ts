import { texts } from '../lib/language.svelte';

/** What an error's code means. The server's own sentence, in English, stands behind it. */
export const errors = texts(
  {
    unreachable: 'The studio does not answer. Is “kihap studio” still running?',
    not_found: 'It is not there any more.',
    bad_request: 'That cannot be done like this.',
    conflict: 'It is busy with something else.',
    too_large: 'There is no room for that much.',
    vision: 'A network could not work.',
    dataset: 'The project’s data could not be used.',
    job: 'The work could not be done.',
    picture: 'A picture could not be read.',
    internal: 'Something went wrong in the studio.',
    details: 'Details',
  },
  {
    unreachable: '스튜디오가 대답하지 않습니다. “kihap studio”가 실행되고 있나요?',
    not_found: '더 이상 없습니다.',
    bad_request: '이렇게는 할 수 없습니다.',
    conflict: '다른 일을 하는 중입니다.',
    too_large: '그만큼 담을 자리가 없습니다.',
    vision: '신경망이 일하지 못했습니다.',
    dataset: '프로젝트의 자료를 쓸 수 없었습니다.',
    job: '일을 마치지 못했습니다.',
    picture: '사진을 읽지 못했습니다.',
    internal: '스튜디오에 문제가 생겼습니다.',
    details: '자세히',
  },
);
