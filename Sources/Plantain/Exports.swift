// Importing Plantain makes the types of all its stages available.
@_exported public import Base64
@_exported public import Batch
@_exported public import Core
@_exported public import Editing
@_exported public import Finishing
@_exported public import Gateways
@_exported public import Options
@_exported public import PictureFormats
@_exported public import PictureWork
@_exported public import Preparation
@_exported public import Reports
@_exported public import UserConfiguration
