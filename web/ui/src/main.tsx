/** Finds the root and draws the app into it. */
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './states.css';
import './style.css';
import './frame.css';
import './execution.css';
import './parts.css';
import './documents.css';
import './narrow.css';

const element = document.getElementById('root')!;

/** React leaves nothing on the screen after a bug in it: somebody must say so. */
function drawBug(error: unknown): void {
  console.error(error);
  const said = document.createElement('p');
  said.className = 'error bug';
  said.textContent = `The page met a bug of its own, please report it: ${error instanceof Error ? error.message : error}`;
  const link = document.createElement('a');
  link.href = location.href;
  link.textContent = 'Load the page again';
  said.append(document.createElement('br'), link);
  document.body.append(said);
}

createRoot(element, { onUncaughtError: drawBug }).render(<App />);
