// The kernels as a Python module, called the way pybase64 calls its own: bytes in, new bytes out. Built by
// kernels.py.
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "CBase64.h"

static const CBase64Kernel *kernel;

static PyObject *use(PyObject *self, PyObject *name) {
    (void)self;
    const char *text = PyUnicode_AsUTF8(name);
    if (text == NULL)
        return NULL;
    kernel = cbase64_kernel_named(text);
    return PyBool_FromLong(kernel != NULL);
}

static PyObject *encode(PyObject *self, PyObject *data) {
    (void)self;
    Py_ssize_t count = PyBytes_Size(data);
    PyObject *text = count < 0 ? NULL : PyBytes_FromStringAndSize(NULL, (count + 2) / 3 * 4);
    if (text != NULL)
        cbase64_encode(kernel, CBase64AlphabetStandard, true, (const uint8_t *)PyBytes_AS_STRING(data), (size_t)count,
            (uint8_t *)PyBytes_AS_STRING(text));
    return text;
}

static PyObject *decode(PyObject *self, PyObject *text) {
    (void)self;
    Py_ssize_t count = PyBytes_Size(text);
    PyObject *data = count < 0 ? NULL : PyBytes_FromStringAndSize(NULL, count / 4 * 3);
    if (data == NULL)
        return NULL;
    size_t offset;
    size_t written = cbase64_decode(kernel, CBase64AlphabetStandard, (const uint8_t *)PyBytes_AS_STRING(text),
        (size_t)count, (uint8_t *)PyBytes_AS_STRING(data), &offset);
    if (written == CBASE64_INVALID) {
        Py_DECREF(data);
        return PyErr_Format(PyExc_ValueError, "invalid Base64 from character %zu on", offset);
    }
    _PyBytes_Resize(&data, (Py_ssize_t)written);
    return data;
}

static PyObject *copy(PyObject *self, PyObject *data) {
    (void)self;
    return PyBytes_FromStringAndSize(PyBytes_AsString(data), PyBytes_Size(data));
}

static PyMethodDef methods[] = {
    {"use", use, METH_O, "Selects the kernel of that name. Returns whether it exists."},
    {"encode", encode, METH_O, "Encodes bytes."},
    {"decode", decode, METH_O, "Decodes text."},
    {"copy", copy, METH_O, "Copies bytes by memcpy."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "kernels_module", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_kernels_module(void) {
    return PyModule_Create(&module);
}
