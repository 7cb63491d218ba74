/// How a gateway delivered a picture: inside its reply, by URL, or as the result of a task.
public enum PictureDelivery: String, Sendable { case inline, url, task }
