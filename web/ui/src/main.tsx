/** The page's start: finds the root and draws the app into it. */
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './states.css';
import './style.css';
import './execution.css';

createRoot(document.getElementById('root')!).render(<App />);
