// One button opens or closes all answers of a list.

const openAll = document.querySelector("[data-open-all]");
const answers = [...document.querySelectorAll("main .question")];

function areAllOpen() {
  return answers.every((answer) => answer.open);
}

if (openAll && answers.length > 1) {
  const button = document.createElement("button");
  const tell = () => {
    button.textContent = areAllOpen() ? openAll.dataset.close : openAll.dataset.open;
  };
  button.type = "button";
  button.className = "button";
  button.addEventListener("click", () => {
    const open = !areAllOpen();
    for (const answer of answers) answer.open = open;
    tell();
  });
  for (const answer of answers) answer.addEventListener("toggle", tell);
  tell();
  openAll.append(button);
}
