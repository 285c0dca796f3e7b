/** Vite takes style sheets by import; the type checker only has to know that they are there. */
declare module '*.css';
