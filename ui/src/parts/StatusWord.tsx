export {StatusWord} from './StatusGlyph'
