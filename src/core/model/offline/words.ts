/** What the offline model says wherever it is. */
import { type OfflineReply, say } from './offlineReply.ts';

/** Comes before anything else that it says in a tour. */
export const INTRODUCTION = `This is a scripted tour: no model is behind it, and nothing leaves your computer. What it does is real, though: the tools, the questions before each step, the changes to your files, and the way back.

At each question you can allow the step, deny it, or change it first. The tour goes on either way.`;

export const INVITATION = `**Now take it back.** Choose *Rewind* at your message above: you see what would change, file by file, before it happens. Everything I did goes back; what you changed yourself stays. *Redo* brings it again.

When you want a real model: **Set API Key…** or **Choose Model Provider…**, from the panel's menu or the command palette (an Anthropic key, any server that speaks the Messages API, or the models of VS Code).`;

export const OTHER_ANSWER: OfflineReply = [
  say(`I am a script, not a model, so I can't answer that. No model provider has been chosen yet.

- **Set API Key…** (command palette, or the panel's menu) to work with the Anthropic API
- **Choose Model Provider…** for a server of your own, or for the models of VS Code
- say \`tour\` for a guided tour that works without any of these`),
];

export const NO_FOLDER: OfflineReply = [
  say(`${INTRODUCTION}

It needs a folder to work in, and none is open. Open one (an empty one will do, or the sample project from the start page) and say \`tour\` again.`),
];
