export default function Create({given, onClose}: {given: string; onClose(): void}) {
  return <button type="button" onClick={onClose}>{given}</button>
}
