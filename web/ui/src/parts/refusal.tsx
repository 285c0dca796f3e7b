/** Why the server refused; nothing where it did not. */
export function Refusal({ text }: { readonly text?: string }) {
  if (!text) return null;
  return (
    <p className="error" role="alert">
      {text}
    </p>
  );
}
