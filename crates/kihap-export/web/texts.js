// Everything the page says, in both languages.
export const TEXTS = {
  en: {
    language: "한국어",
    start: "Start the camera",
    stop: "Stop the camera",
    choose: "Choose a picture",
    card: "About this model",
    cardFile: "MODEL_CARD.md",
    loading: "Loading the networks …",
    ready: "",
    nobody: "Nobody is seen",
    unsure: "Not sure enough",
    refused: "The camera cannot be used. Allow it in the browser, and open the page over https or from localhost.",
    failed: "This does not work here: ",
    speed: (ms) => `${ms.toFixed(0)} ms a frame`,
  },
  ko: {
    language: "English",
    start: "카메라 켜기",
    stop: "카메라 끄기",
    choose: "사진 고르기",
    card: "이 모델에 대하여",
    cardFile: "MODEL_CARD.ko.md",
    loading: "신경망을 불러오는 중 …",
    ready: "",
    nobody: "사람이 보이지 않습니다",
    unsure: "확신이 부족합니다",
    refused: "카메라를 쓸 수 없습니다. 브라우저에서 허용하고 https나 localhost로 여십시오.",
    failed: "여기서는 작동하지 않습니다: ",
    speed: (ms) => `한 장에 ${ms.toFixed(0)} ms`,
  },
};

export function preferred() {
  return navigator.language.startsWith("ko") ? "ko" : "en";
}
