export {Drawer} from './Dialog'
