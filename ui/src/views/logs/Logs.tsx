export {default} from './plain/Page'
