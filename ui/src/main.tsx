import './theme/tokens.css'
import './theme/fonts.css'

import {createRoot} from 'react-dom/client'

import {App} from './shell/App'
import {followAppearance} from './shell/appearance'

followAppearance()
const root = document.getElementById('root')
if (root) createRoot(root).render(<App />)
